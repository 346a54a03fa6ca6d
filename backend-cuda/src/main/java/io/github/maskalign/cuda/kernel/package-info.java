/** One class per kernel source: chooses the kernel and launches it. */
package io.github.maskalign.cuda.kernel;
