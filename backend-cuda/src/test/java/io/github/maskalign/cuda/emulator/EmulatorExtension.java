package io.github.maskalign.cuda.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/** Implements {@link OnEmulator}. */
final class EmulatorExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

  @Override
  public void beforeAll(ExtensionContext context) {
    Emulator emulator = Emulator.start();
    context
        .getStore(ExtensionContext.Namespace.create(EmulatorExtension.class))
        .put(Emulator.class, emulator);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    Emulator emulator = emulator(context);
    emulator.set("memory", 1L << 30);
    emulator.set("seed", 1);
    emulator.set("reverse", 0);
    emulator.set("capability", 90);
    emulator.set("quiet", 0);
    emulator.renew();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Emulator emulator = emulator(context);
    assertEquals("", emulator.fault(), "the emulated device found a fault");
    assertEquals("", emulator.leaks(), "something was not freed");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Emulator.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (Emulator.isReal()) {
      throw new TestAbortedException("only the emulated device can be controlled");
    }
    return emulator(context);
  }

  private static Emulator emulator(ExtensionContext context) {
    return context
        .getStore(ExtensionContext.Namespace.create(EmulatorExtension.class))
        .get(Emulator.class, Emulator.class);
  }
}
