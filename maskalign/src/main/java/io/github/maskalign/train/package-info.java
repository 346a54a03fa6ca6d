/**
 * Training: pre-training, fine-tuning and linear probing, each step by step, and the {@link
 * Trainer} that runs them over epochs with batches, log, evaluation and checkpoints.
 */
package io.github.maskalign.train;
