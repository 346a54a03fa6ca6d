/** Reads the files of data sets, of which no size and no name is trusted. */
package io.github.maskalign.data.file;
