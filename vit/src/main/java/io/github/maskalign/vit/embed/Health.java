package io.github.maskalign.vit.embed;

import org.jspecify.annotations.Nullable;

/**
 * Whether a loaded network serves requests, and how many it has served.
 *
 * @param serving false after it was closed, or its thread has failed
 * @param problem why its thread failed; null if it did not
 * @param completed images or texts with a result
 * @param failed images or texts without, as their batch failed
 * @param queued requests that wait now
 * @since 0.1.0
 */
public record Health(
    boolean serving, @Nullable String problem, long completed, long failed, int queued) {}
