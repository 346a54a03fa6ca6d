package io.github.maskalign.cli.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One setting: a component of a record. The component {@code maskRatio} is the option {@code
 * --mask-ratio} and the key {@code mask-ratio} of a file. Its type is a number, boolean, string,
 * path, enum, or anything with a static {@code parse(String)}; a boxed number, a string or a path
 * can be null, which is written {@code none}.
 *
 * @since 0.1.0
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

  /** The null value, as text. */
  String NONE = "none";

  /** {@link #defaultText} of a setting that its command requires, perhaps under a condition. */
  String REQUIRED = "required";

  /** The help text: one or more sentences. */
  String value();

  /** The default value, as text. */
  String defaultValue() default NONE;

  /** Describes the default in the help where the value itself does not, such as {@code none}. */
  String defaultText() default "";

  /**
   * The values that a number may have, as an interval: {@code [0, 1)} contains 0 and not 1, {@code
   * [1, *)} has no upper bound. Every number if empty.
   */
  String range() default "";

  /** Whether the setting affects the result; a run resumes only with the same values of these. */
  boolean affectsResult() default true;

  /**
   * Whether {@code none} is completed from the data; a resumed run takes the value that it started
   * with.
   */
  boolean fromData() default false;

  /**
   * Settings beside which a recipe's value of this one makes no sense, such as the training images
   * beside which it names evaluation images: it is dropped where another source has one of them.
   */
  String[] replacedBy() default {};

  /** Names in earlier versions: read from stored runs, refused elsewhere with the present name. */
  String[] formerly() default {};
}
