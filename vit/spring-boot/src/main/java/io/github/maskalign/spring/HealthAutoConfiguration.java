package io.github.maskalign.spring;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * The health indicator {@code maskalign}, if the application has Spring Boot's health module and
 * does not disable it by {@code management.health.maskalign.enabled=false}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = MaskAlignAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnEnabledHealthIndicator(MaskAlignProperties.PREFIX)
public class HealthAutoConfiguration {

  private static final String BEAN = "maskalignHealthIndicator";

  /** For Spring. */
  public HealthAutoConfiguration() {}

  @Bean(BEAN)
  @ConditionalOnMissingBean(name = BEAN)
  HealthIndicator indicator(ConfigurableListableBeanFactory beans) {
    return new ModelHealth(beans);
  }
}
