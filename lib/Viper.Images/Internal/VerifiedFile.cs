namespace Viper.Images;

/// <summary>One file whose bytes had this digest while its state was this.</summary>
internal sealed record VerifiedFile(string File, string Sha256, FileStamp Stamp);
