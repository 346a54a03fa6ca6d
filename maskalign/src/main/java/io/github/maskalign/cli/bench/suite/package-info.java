/** The benchmarks: kernels, networks, image loading, search, start-up. */
package io.github.maskalign.cli.bench.suite;
