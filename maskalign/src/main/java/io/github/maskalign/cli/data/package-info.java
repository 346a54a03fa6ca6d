/** Looks at every picture of a data set and tells what is there and what is wrong. */
package io.github.maskalign.cli.data;
