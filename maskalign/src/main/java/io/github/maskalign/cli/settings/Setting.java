package io.github.maskalign.cli.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One setting: a component of a record. The component {@code maskRatio} is the option {@code
 * --mask-ratio} and the key {@code mask-ratio} of a file. Its type is a number, truth value,
 * string, path, enum, or anything with a static {@code parse(String)}; a boxed number, a string or
 * a path can be null, which is written {@code none}.
 *
 * @since 0.1.0
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

  /** What is to be done without it. */
  String NONE = "none";

  /** What it means, in a sentence. */
  String value();

  /** The value if nothing else is said. */
  String standard() default NONE;

  /** Whether it decides what comes out; a run cannot go on with another value of such a setting. */
  boolean decides() default true;
}
