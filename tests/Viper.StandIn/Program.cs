using Viper.TestKit.Hypervisor;

return await StandInProgram.RunAsync(args);
