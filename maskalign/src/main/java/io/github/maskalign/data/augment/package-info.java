/** Alters pictures before they are learned from; the published libraries' bits for equal draws. */
package io.github.maskalign.data.augment;
