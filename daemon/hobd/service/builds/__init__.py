"""Building source trees and source distributions: what they say of themselves, and their wheels."""
