package io.github.maskalign.spring;

import io.github.maskalign.vit.embed.Classifier;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.Health;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health.Builder;

/** Up while every loaded model serves requests. Asking never loads a lazy one. */
final class ModelHealth extends AbstractHealthIndicator {

  private final ConfigurableListableBeanFactory beans;

  ModelHealth(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  @Override
  protected void doHealthCheck(Builder builder) {
    Map<String, Health> models = new TreeMap<>();
    add(models, Embedder.class, Embedder::health);
    add(models, Classifier.class, Classifier::health);
    add(models, Clip.class, Clip::health);
    for (String name : beans.getBeanNamesForType(Clip.class, true, false)) {
      if (beans.containsSingleton(name)) {
        models.put(name + "-images", beans.getBean(name, Clip.class).images().health());
      }
    }
    boolean up = models.values().stream().allMatch(Health::serving);
    (up ? builder.up() : builder.down()).withDetails(models);
  }

  private <T> void add(Map<String, Health> models, Class<T> type, Function<T, Health> health) {
    for (String name : beans.getBeanNamesForType(type, true, false)) {
      if (beans.containsSingleton(name)) {
        models.put(name, health.apply(beans.getBean(name, type)));
      }
    }
  }
}
