// Links only where tanuki::jpeg brings libjpeg along, and ends well where that decodes.

#include <tanuki/data/decode.hpp>

int main() { return tanuki::image_file::jpeg_decoder == nullptr; }
