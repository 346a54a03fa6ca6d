/** Data sets on disk: the detection of their format, and each format but tar archives. */
package io.github.maskalign.data.sets;
