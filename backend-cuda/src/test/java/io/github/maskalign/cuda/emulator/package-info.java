/** The emulated device of the tests: builds it, steers it, and finds leaks and faults. */
package io.github.maskalign.cuda.emulator;
