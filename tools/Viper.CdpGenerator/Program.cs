using Viper.CdpGenerator;

// Viper.CdpGenerator LIB [VERSION]: writes LIB/Domains from the facts in it; with a version, fetches that one's facts first.
if (args is not [var library, ..] || args.Length > 2 || !Directory.Exists(library))
{
    Console.Error.WriteLine("usage: Viper.CdpGenerator lib/Viper.Cdp [VERSION of the npm package devtools-protocol]");
    return 2;
}

string folder = Path.Combine(library, "Domains");
string facts = Path.Combine(folder, ProtocolFacts.FileName);
if (args is [_, var version])
{
    Directory.CreateDirectory(folder);
    File.WriteAllText(facts, ProtocolFacts.Write(await ProtocolPackage.FetchAsync(version)));
}

Protocol protocol = ProtocolFacts.Read(File.ReadAllLines(facts));
foreach (string old in Directory.GetFiles(folder, "*.cs"))
{
    File.Delete(old);
}

IReadOnlyList<(string Name, string Text)> files = DomainFiles.Of(protocol);
foreach ((string name, string text) in files)
{
    File.WriteAllText(Path.Combine(folder, name), text);
}

Console.WriteLine($"{files.Count} files from devtools-protocol {protocol.Version}");
return 0;
