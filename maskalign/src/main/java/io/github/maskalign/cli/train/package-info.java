/** The commands {@code pretrain}, {@code finetune} and {@code probe}. */
package io.github.maskalign.cli.train;
