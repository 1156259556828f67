using Viper.OpenApiFacts;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: Viper.OpenApiFacts OPENAPI.yaml > facts.txt");
    return 2;
}

foreach (string fact in FactLines.Of(YamlReader.Read(File.ReadAllLines(args[0]))))
{
    Console.WriteLine(fact);
}

return 0;
