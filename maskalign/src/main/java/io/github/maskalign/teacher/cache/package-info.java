/** Keeps what a frozen teacher says about fixed crops, so that it need not look at them again. */
package io.github.maskalign.teacher.cache;
