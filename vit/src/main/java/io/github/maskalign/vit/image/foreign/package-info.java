/** Native image libraries, called through java.lang.foreign, with every status checked. */
package io.github.maskalign.vit.image.foreign;
