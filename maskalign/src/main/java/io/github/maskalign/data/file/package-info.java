/** What data sets of picture files share: their names, classes, labels and contents. */
package io.github.maskalign.data.file;
