package io.github.maskalign.vit.embed;

/**
 * A class that a {@link Classifier} predicts for an image.
 *
 * @param number of the class
 * @param label the name of the class
 * @param probability from 0 to 1
 * @since 0.1.0
 */
public record Prediction(int number, String label, float probability) {}
