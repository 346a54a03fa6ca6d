/** Run folders and atomic checkpoints. */
package io.github.maskalign.train.checkpoint;
