/** The kinds of cases, each computed with the library's own code. */
package io.github.maskalign.vectors.kinds;
