using Viper.EngineHost;

return await HostProgram.RunAsync(args, Console.In, Console.Out);
