/**
 * Configuration of MaskAlign pre-training: masking, alignment, loss, and the plan for two networks.
 */
package io.github.maskalign.config;
