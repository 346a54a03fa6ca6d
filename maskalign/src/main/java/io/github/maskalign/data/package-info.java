/** From pictures to batches: data sets, transforms, sampling and loading. */
package io.github.maskalign.data;
