import org.jspecify.annotations.NullMarked;

/** Embedder, Classifier and Clip as beans of Spring Boot. */
@NullMarked
module io.github.maskalign.spring {
  requires transitive io.github.maskalign.vit;
  requires transitive spring.boot;
  requires transitive spring.boot.autoconfigure;
  requires spring.beans;
  requires spring.context;
  requires spring.core;
  requires static micrometer.core;
  requires static spring.boot.health;
  requires static transitive org.jspecify;

  exports io.github.maskalign.spring;

  opens io.github.maskalign.spring;
}
