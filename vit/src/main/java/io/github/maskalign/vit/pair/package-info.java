/** Images and texts embedded in one space. */
package io.github.maskalign.vit.pair;
