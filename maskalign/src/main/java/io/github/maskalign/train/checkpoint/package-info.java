/** Run folders and atomic checkpoints: {@link CheckpointStore#save} writes a checkpoint. */
package io.github.maskalign.train.checkpoint;
