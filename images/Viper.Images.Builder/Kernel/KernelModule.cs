namespace Viper.Images.Builder.Kernel;

/// <summary>A module in the order of loading.</summary>
/// <param name="Section"><c>boot</c>: before the root is mounted; <c>late</c>: beside it.</param>
/// <param name="Name">Its name, with '_' for '-'.</param>
/// <param name="File">Its file on the host.</param>
internal sealed record KernelModule(string Section, string Name, string File);
