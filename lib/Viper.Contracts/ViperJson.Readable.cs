using System.Text.Encodings.Web;
using System.Text.Json;

namespace Viper.Contracts;

public sealed partial class ViperJson
{
    /// <summary>The same JSON with quotation marks and letters of every language unescaped; for bodies that are never put into a web page.</summary>
    public static ViperJson Readable => ReadableHolder.Value;

    // Apart, so that it is made after the generated Default whatever the order of the files.
    private static class ReadableHolder
    {
        internal static readonly ViperJson Value = new(new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
