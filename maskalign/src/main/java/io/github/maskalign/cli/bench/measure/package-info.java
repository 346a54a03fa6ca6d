/** Times one benchmark: warm-up, sampling, memory, and what the compiler did. */
package io.github.maskalign.cli.bench.measure;
