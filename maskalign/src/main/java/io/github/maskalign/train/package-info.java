/** What a training run needs around its steps: folder, log, progress, stopping, checkpoints. */
package io.github.maskalign.train;
