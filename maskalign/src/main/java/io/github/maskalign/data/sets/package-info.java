/**
 * Data sets on disk: folders, lists, tar shards, IDX and CIFAR files, and how they are told apart.
 */
package io.github.maskalign.data.sets;
