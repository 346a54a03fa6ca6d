/** Builds and controls the emulated device of the tests, and checks it for faults and leaks. */
package io.github.maskalign.cuda.emulator;
