/** From pixels to batches: picture sets, augmentation, and the order in which samples are seen. */
package io.github.maskalign.data;
