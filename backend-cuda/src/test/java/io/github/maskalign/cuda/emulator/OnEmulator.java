package io.github.maskalign.cuda.emulator;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test class on the emulated device. Before each test, settings are reset; after it, there
 * must be neither faults nor leaks. A test that plants a fault takes the {@link Emulator} as a
 * parameter, checks it and calls {@link Emulator#forget}. With {@code -Dgpu=real}, tests with this
 * parameter are skipped, and all others run on the GPU of the machine.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EmulatorExtension.class)
public @interface OnEmulator {}
