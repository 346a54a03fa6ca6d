package io.github.maskalign.cuda.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Implements {@link OnEmulator}. */
final class EmulatorExtension
    implements ExecutionCondition,
        BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        ParameterResolver {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    AnnotatedElement element = context.getElement().orElseThrow();
    return Emulator.isReal() && controls(element)
        ? ConditionEvaluationResult.disabled("only the emulated device can be controlled")
        : ConditionEvaluationResult.enabled("");
  }

  /** Whether a test, or what runs before each of a class, takes the emulator. */
  private static boolean controls(AnnotatedElement element) {
    return switch (element) {
      case Method method -> takesEmulator(method);
      case Class<?> type ->
          Arrays.stream(type.getDeclaredMethods())
              .filter(method -> method.isAnnotationPresent(BeforeEach.class))
              .anyMatch(EmulatorExtension::takesEmulator);
      default -> false;
    };
  }

  private static boolean takesEmulator(Method method) {
    return Stream.of(method.getParameterTypes()).anyMatch(Emulator.class::equals);
  }

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
    emulator.set("devices", 1);
    emulator.set("seed", 1);
    emulator.set("reverse", 0);
    emulator.set("capability", 90);
    emulator.set("quiet", 0);
    emulator.set("scratch", 0);
    emulator.set("dry", 0);
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
    return emulator(context);
  }

  private static Emulator emulator(ExtensionContext context) {
    return context
        .getStore(ExtensionContext.Namespace.create(EmulatorExtension.class))
        .get(Emulator.class, Emulator.class);
  }
}
