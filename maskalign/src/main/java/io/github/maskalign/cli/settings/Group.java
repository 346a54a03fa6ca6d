package io.github.maskalign.cli.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component of a settings record that is a record of settings itself; names are not nested.
 *
 * @since 0.1.0
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Group {

  /** Stands above these settings in the help. */
  String heading();

  /** Standard values that differ here from those in the record, as {@code name=value}. */
  String[] standard() default {};
}
