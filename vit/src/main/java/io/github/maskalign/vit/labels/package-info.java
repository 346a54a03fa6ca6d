/**
 * The classes of ImageNet, and the names that a classifier gives to its classes.
 *
 * <p>{@code imagenet_classes.tsv} lists the 1,000 classes of ImageNet-1k (Russakovsky et al., arXiv
 * 1409.0575): index, WordNet synset and the first of its names, in the order of the sorted synsets,
 * which published classifiers use.
 */
package io.github.maskalign.vit.labels;
