/** Finds NVIDIA's libraries and loads them before anything asks for them by name. */
package io.github.maskalign.cuda.library;
