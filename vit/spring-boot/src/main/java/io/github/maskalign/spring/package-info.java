/** Embedder, Classifier and Clip as beans of Spring Boot. */
@NullMarked
package io.github.maskalign.spring;

import org.jspecify.annotations.NullMarked;
