package io.github.maskalign.tensor;

/**
 * What a backend's pool holds, in bytes.
 *
 * @param live handed out and not yet released
 * @param pooled taken from the system and not live: waiting for use
 * @param peak largest value of live so far
 * @since 0.1.0
 */
public record MemoryStats(long live, long pooled, long peak) {}
