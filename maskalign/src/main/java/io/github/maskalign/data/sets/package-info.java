/**
 * Data sets on disk: folders, lists, tar shards, IDX and CIFAR files, and the detection of their
 * format.
 */
package io.github.maskalign.data.sets;
