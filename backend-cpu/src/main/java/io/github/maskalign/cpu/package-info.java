/** The CPU backends: providers, and the dispatch of operations to kernels. */
package io.github.maskalign.cpu;
