/**
 * Pictures in tar archives, such as WebDataset shards, read in place. No size and no name in an
 * archive is trusted.
 */
package io.github.maskalign.data.tar;
