package io.github.maskalign.tensor;

/**
 * Memory use of a backend's pool, in bytes.
 *
 * @param live allocated and not yet released
 * @param pooled obtained from the system and free for reuse
 * @param peak maximum of {@code live} so far
 * @since 0.1.0
 */
public record MemoryStats(long live, long pooled, long peak) {}
