package io.github.maskalign.tensor;

/**
 * What a backend's pool holds, in bytes.
 *
 * @param live handed out and not yet released
 * @param pooled released and waiting for reuse
 * @param peak largest value of live so far
 */
public record MemoryStats(long live, long pooled, long peak) {}
