/** Finds NVIDIA's libraries and loads them before JCuda looks them up by name. */
package io.github.maskalign.cuda.library;
