package io.github.maskalign.cuda.emulator;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a class of tests on the emulated device, with its usual settings before each test and
 * neither fault nor leak behind it. A test that plants a fault asks the {@link Emulator}, which it
 * gets as a parameter, for it and calls {@link Emulator#forget}. With {@code -Dgpu=real}, tests
 * that ask for it so are skipped and the others run on the GPU of the machine.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EmulatorExtension.class)
public @interface OnEmulator {}
