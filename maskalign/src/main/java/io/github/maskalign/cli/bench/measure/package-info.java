/** Measures one benchmark: warm-up, sampling, memory. */
package io.github.maskalign.cli.bench.measure;
